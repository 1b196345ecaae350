using Yunnao.Kernel;
using Yunnao.Lake.Objects;

namespace Yunnao.Services.Views.Run;

/// <summary>
/// Landed files in clear for as long as a view reads them: the engine reads files, and the store's are encrypted. They are in a folder of the owner's alone, which is
/// removed with this.
/// </summary>
public sealed class LandedFiles : IDisposable
{
    private readonly DirectoryInfo _folder;

    private LandedFiles(DirectoryInfo folder) => _folder = folder;

    /// <summary>The folder in which they are.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Takes objects out of the store, each proved by its name. Problems: <c>object.unknown</c>, <c>keys.*</c>, <c>verify.damaged</c>.</summary>
    /// <param name="temporary">Where the folder is made.</param>
    /// <param name="report">Is told how many are done.</param>
    public static async Task<Result<LandedFiles>> TakeAsync(IObjectStore store, IReadOnlyList<string> objects, string temporary, Action<int> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(report);
        var folder = Path.Combine(temporary, $"view-{Guid.NewGuid():N}");
        var files = new LandedFiles(OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        var taken = false;
        try
        {
            for (var i = 0; i < objects.Count; i++)
            {
                if (!(await store.OpenAsync(objects[i], cancellation).ConfigureAwait(false)).Try(out var clear, out var problem)) return problem with { Where = new(objects[i]) };
                await using (clear.ConfigureAwait(false))
                {
                    var file = File.Create(Path.Combine(folder, $"{objects[i]}.json"));
                    await using (file.ConfigureAwait(false))
                    {
                        if ((await ObjectId.CopyAsync(clear, file, cancellation).ConfigureAwait(false)).Id != objects[i]) return Damaged(objects[i]);
                    }
                }

                report(i + 1);
            }

            taken = true;
            return files;
        }
        catch (InvalidDataException)
        {
            return Damaged("");
        }
        finally
        {
            if (!taken) files.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_folder.Exists) _folder.Delete(recursive: true);
    }

    private static Problem Damaged(string id) => new(ProblemKind.Unavailable, "verify.damaged", "A landed file is not what its name says; nothing was shown.", new(id));
}
