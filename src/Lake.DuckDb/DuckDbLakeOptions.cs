using System.ComponentModel.DataAnnotations;
using Yunnao.Lake.Migration;
using Yunnao.Lake.Scopes;

namespace Yunnao.Lake.DuckDb;

/// <summary>How the embedded engine is opened.</summary>
public sealed class DuckDbLakeOptions
{
    public const int DefaultMemoryLimitMb = 1200;

    /// <summary>Data folder; the engine's file <c>lake.duckdb</c> and its spill folder <c>tmp</c> are in it. Created if absent.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Buffer memory in MB, of the engine and of the filters by which records sent again are found. The process may
    /// exceed it by some hundred MB. Default 1200; values above 60 % of the machine's (or the container's) memory are lowered to that.
    /// </summary>
    [Range(128, 1_048_576)]
    public int MemoryLimitMb { get; init; } = DefaultMemoryLimitMb;

    /// <summary>Worker threads; 0 (default) is one a processor.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Most the engine may spill to disk, in GB; 0 (default) is no limit of ours.</summary>
    [Range(0, 1_048_576)]
    public int SpillLimitGb { get; init; }

    /// <summary>
    /// Opens for queries only: no file but the lake's own can be read, the configuration is locked, and any number of processes may
    /// do so at once while nobody writes. Default false.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>The registry of the tables, which the lake is to remember; null (default) for a lake that remembers none.</summary>
    public RegistryStamp? Registry { get; init; }

    /// <summary>Rewrites the texts that a Scope shows redacted; null (default) shows nothing of them.</summary>
    public ITextRedactor? Redactor { get; init; }

    /// <summary>The one folder that a read-only lake may write exports into; null (default) for none. A lake that is open for writing may write anywhere.</summary>
    public string? ExportFolder { get; init; }

    /// <summary>False keeps no rows on shelves: optimising is shorter, the data folder smaller, and every page of one person is asked of the engine. Default true.</summary>
    public bool Shelves { get; init; } = true;

    /// <summary>Most memory of the filters, in bytes: an eighth of all.</summary>
    internal long FilterBytes => (BufferMb << 20) / 8;

    /// <summary>Memory of the engine, in bytes: the rest.</summary>
    internal long EngineBytes => (BufferMb << 20) - FilterBytes;

    // The runtime's total is the container's limit where there is one.
    private long BufferMb => Math.Min(MemoryLimitMb, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 6 / 10 / (1 << 20));
}
