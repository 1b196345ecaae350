using Yunnao.Lake.DuckDb;
using Yunnao.Lake.Objects;
using Yunnao.Standards;
using Yunnao.Trust.Control;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Backups;

/// <summary>What is backed up: the open parts of a data folder.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Standards">Folder of the registry.</param>
/// <param name="Registry">The registry that was read from it.</param>
/// <param name="Lake">Open for writing, so that it can be held still.</param>
/// <param name="Keys">The keys of the folder.</param>
public sealed record BackupSource(string Folder, string Standards, Registry Registry, DuckDbLake Lake, FileObjectStore Objects, KeyRing Keys, ControlDb Control);
