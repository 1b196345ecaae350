using Yunnao.Kernel;
using Yunnao.Services.Ingest;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>The resources of one request on their way into the lake, as one batch.</summary>
internal sealed class WriteSet(string organisation, byte[] body, List<SentEntry> entries, bool together)
{
    public string Organisation { get; } = organisation;

    /// <summary>The body as it was sent.</summary>
    public byte[] Body { get; } = body;

    /// <summary>What is to be loaded; what turns out not to be is taken out.</summary>
    public List<SentEntry> Entries { get; } = entries;

    /// <summary>True when all entries are to be loaded or none.</summary>
    public bool Together { get; } = together;

    /// <summary>True when it is only to be seen what would become of it.</summary>
    public bool OnlyTried { get; init; }

    /// <summary>Number of its batch, once it is loaded.</summary>
    public int Batch { get; set; }

    /// <summary>What is loaded of it, prepared before its turn; null once that was tried.</summary>
    public GroupFile? Prepared { get; set; }

    public bool Failed => Entries.Exists(e => e.Issues.Count > 0);

    /// <summary>Ends when it is in the lake, or is not to be: with the problem that kept the whole of it out, or null.</summary>
    public TaskCompletionSource<Problem?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
