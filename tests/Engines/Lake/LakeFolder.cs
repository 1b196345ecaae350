using Yunnao.Lake.Batches;
using Yunnao.Lake.DuckDb;
using Yunnao.Standards.Compile;

namespace Yunnao.Tests.Engines.Lake;

/// <summary>A data folder that is gone after the test.</summary>
internal sealed class LakeFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("yunnao-lake-").FullName;

    public DuckDbLake Open(params TableShape[] shapes) => Open(false, shapes);

    public DuckDbLake OpenReadOnly(params TableShape[] shapes) => Open(true, shapes);

    public DuckDbLakeOptions Options(bool readOnly = false) => new() { Folder = Path, MemoryLimitMb = 256, Threads = 2, ReadOnly = readOnly };

    public static BatchHeader Header(string? objectId = "00", string source = "test") => new(objectId, "file.csv", source, "registry-1", 100);

    public void Dispose() => Directory.Delete(Path, true);

    private DuckDbLake Open(bool readOnly, TableShape[] shapes) =>
        DuckDbLake.Open(Options(readOnly), shapes.Length == 0 ? [TestShapes.Lab, TestShapes.Drug] : shapes).Value;
}
