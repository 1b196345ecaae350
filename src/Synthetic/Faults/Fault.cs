using Yunnao.Standards;

namespace Yunnao.Synthetic.Faults;

/// <summary>An error put into a record on purpose.</summary>
/// <param name="Kind">The code that the check reports: <c>required</c>, <c>type</c>, …, <c>rule:id</c>; or csv, encoding, duplicate, broken.</param>
/// <param name="Item">The item spoiled; null where the error is of the whole record.</param>
/// <param name="Severity">What the failed check does with the row.</param>
internal sealed record Fault(string Kind, string? Item, Severity Severity = Severity.Reject)
{
    public const string Csv = "csv";
    public const string Encoding = "encoding";
    public const string Duplicate = "duplicate";
    public const string Broken = "broken";
}
