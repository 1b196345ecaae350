using Yunnao.Kernel;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>From a reason of the quarantine to an issue: where in the resource the item is that did not pass.</summary>
internal static class RefusedIssue
{
    /// <param name="reason">A check and its item (<c>required patient_id</c>), or the code of a decoder and a type (<c>mapping.none Basic</c>).</param>
    public static FhirIssue Of(ResourceBook book, SentEntry entry, string? dataSet, string reason)
    {
        var cut = reason.IndexOf(' ', StringComparison.Ordinal);
        var (code, what) = cut < 0 ? (reason, null) : (reason[..cut], reason[(cut + 1)..]);
        if (dataSet is null) return new(new(ProblemKind.Unsupported, code, "The resource cannot be loaded."), entry.Type);
        var leaf = book.Find(entry.Type)?.Sources.FirstOrDefault(s => s.DataSet == dataSet)?.Leaves.FirstOrDefault(l => l.Item?.Name == what);
        Sentence message = what is null ? (Sentence)$"The record does not pass the check {code} of {dataSet}." : $"The record does not pass the check {code} of {dataSet}.{what}.";
        return new(new(ProblemKind.Unsupported, "fhir.check", message), leaf?.Path ?? entry.Type);
    }
}
