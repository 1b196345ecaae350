using System.Globalization;
using Yunnao.Kernel;

namespace Yunnao.Services.Watch;

/// <summary>A folder of this machine, or one that is mounted.</summary>
public sealed class FolderDrop(string folder) : IDrop
{
    private readonly string _folder = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Place => _folder;

    /// <inheritdoc/>
    public bool AppearsWhole => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<DropFile>> ListAsync(CancellationToken cancellation) => Task.Run<IReadOnlyList<DropFile>>(
        () =>
        [
            .. new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(f => new DropFile(Path.GetRelativePath(_folder, f.FullName).Replace('\\', '/'), f.Length, f.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture))),
        ],
        cancellation);

    /// <inheritdoc/>
    public Task<string> FetchAsync(DropFile file, string folder, CancellationToken cancellation) => Task.FromResult(PathOf(file.Name));

    /// <inheritdoc/>
    public Task MoveAsync(DropFile file, string name, CancellationToken cancellation)
    {
        for (var number = 1; ; number++)
        {
            var to = PathOf(DropNames.Numbered(name, number));
            if (File.Exists(to)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Move(PathOf(file.Name), to);
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public Problem? Explain(Exception exception) => exception is IOException or UnauthorizedAccessException
        ? new(ProblemKind.Unavailable, "watch.folder", "The folder or a file in it is not there, or may not be read or moved by this account.", new(_folder))
        : null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string PathOf(string name) => Path.Combine(_folder, name);
}
