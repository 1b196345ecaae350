using System.Runtime.CompilerServices;
using Yunnao.Kernel;

namespace Yunnao.Lake.Objects;

/// <summary>
/// Objects as files of a folder: <c>ab/cdef…</c>, named by their hash. Written under a temporary name, flushed, then renamed, so that an
/// object is whole or not there; a crash leaves only temporary files, which the next opening removes.
/// </summary>
public sealed class FileObjectStore : IObjectStore
{
    private const int Attempts = 10;
    private readonly string _folder;
    private readonly string _temporary;

    private FileObjectStore(string folder)
    {
        _folder = folder;
        _temporary = Path.Combine(folder, "tmp");
    }

    /// <summary>Opens the store in a folder, which is created if absent. Files of other writers at work are left alone.</summary>
    public static FileObjectStore Open(string folder)
    {
        var store = new FileObjectStore(folder);
        Directory.CreateDirectory(store._temporary);
        foreach (var file in Directory.EnumerateFiles(store._temporary)) AbandonedFile.Delete(file);
        return store;
    }

    /// <summary>Path of an object's file, for readers that want one; it exists when the object does, and must not be written to.</summary>
    /// <exception cref="ArgumentException">The id is not a SHA-256.</exception>
    public string PathOf(string id)
    {
        if (!ObjectId.IsValid(id)) throw new ArgumentException("An object id is 64 lower-case hex digits.", nameof(id));
        return Path.Combine(_folder, id[..2], id[2..]);
    }

    /// <inheritdoc/>
    public async Task<StoredObject> PutAsync(Stream bytes, CancellationToken cancellation)
    {
        var received = await ReceiveAsync(bytes, cancellation).ConfigureAwait(false);
        await using (received.ConfigureAwait(false))
        {
            await received.KeepAsync().ConfigureAwait(false);
            return received.Object;
        }
    }

    /// <summary>
    /// Takes in all bytes from here to the end of the stream. They can be read at once, while the disk is still writing them; they are an
    /// object of the store, and durable, when <see cref="ReceivedObject.KeepAsync"/> has returned.
    /// </summary>
    public async Task<ReceivedObject> ReceiveAsync(Stream bytes, CancellationToken cancellation)
    {
        var (temporary, writer) = Begin();
        try
        {
            var stored = await writer.CopyAsync(bytes, cancellation).ConfigureAwait(false);
            return new ReceivedObject(stored, temporary, writer, () => Publish(temporary, stored.Id));
        }
        catch
        {
            writer.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>An object of the store as if it had just been received. Problem: <c>object.unknown</c>.</summary>
    public Result<ReceivedObject> Received(string id)
    {
        if (!ObjectId.IsValid(id) || !File.Exists(PathOf(id))) return Unknown();
        return new ReceivedObject(new(id, new FileInfo(PathOf(id)).Length), PathOf(id));
    }

    /// <inheritdoc/>
    public Task<Result<Stream>> OpenAsync(string id, CancellationToken cancellation)
    {
        if (!ObjectId.IsValid(id) || !File.Exists(PathOf(id)))
        {
            return Task.FromResult<Result<Stream>>(Unknown());
        }

        Stream stream = new FileStream(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        return Task.FromResult<Result<Stream>>(stream);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string id, CancellationToken cancellation) => Task.FromResult(ObjectId.IsValid(id) && File.Exists(PathOf(id)));

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var prefix in Directory.EnumerateDirectories(_folder).Where(d => Path.GetFileName(d).Length == 2).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.EnumerateFiles(prefix).Order(StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                var id = Path.GetFileName(prefix) + Path.GetFileName(file);
                if (ObjectId.IsValid(id)) yield return new(id, new FileInfo(file).Length);
            }

            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellation)
    {
        if (!ObjectId.IsValid(id) || !File.Exists(PathOf(id))) return Task.FromResult(false);
        File.Delete(PathOf(id));
        Durability.FlushFolder(Path.GetDirectoryName(PathOf(id))!);
        return Task.FromResult(true);
    }

    private static Problem Unknown() => new(ProblemKind.NotFound, "object.unknown", "The object store has no such object.");

    /// <summary>A new temporary file that is held: who opens the store in the moment between its making and its locking takes it for abandoned.</summary>
    private (string Path, HashingWriter Writer) Begin()
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(_temporary, Path.GetRandomFileName());
            HashingWriter? writer = null;
            try
            {
                writer = new HashingWriter(path);
            }
            catch (IOException) when (attempt < Attempts && !File.Exists(path))
            {
            }

            if (writer is null) continue;
            if (File.Exists(path)) return (path, writer);
            writer.Dispose();
        }
    }

    private void Publish(string temporary, string id)
    {
        var final = PathOf(id);
        if (File.Exists(final)) return;
        var prefix = Path.GetDirectoryName(final)!;
        if (!Directory.Exists(prefix))
        {
            Directory.CreateDirectory(prefix);
            Durability.FlushFolder(_folder);
        }

        File.Move(temporary, final, overwrite: true);
        Durability.FlushFolder(prefix);
    }
}
