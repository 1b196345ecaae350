using System.Runtime.CompilerServices;
using Yunnao.Kernel;

namespace Yunnao.Lake.Objects;

/// <summary>
/// Objects as files of a folder: <c>ab/cdef…</c>, named by the hash of their clear bytes. Written under a temporary name, flushed, then renamed, so
/// that an object is whole or not there; a crash leaves only temporary files, which the next opening removes. With a cipher every object is
/// encrypted; its clear bytes are in a temporary file only while somebody who needs a file (the engine) works on them.
/// </summary>
public sealed class FileObjectStore : IObjectStore
{
    private const int Attempts = 10;
    private readonly string _folder;
    private readonly string _temporary;
    private readonly IObjectCipher? _cipher;

    private FileObjectStore(string folder, IObjectCipher? cipher)
    {
        _folder = folder;
        _temporary = Path.Combine(folder, "tmp");
        _cipher = cipher;
    }

    /// <summary>Opens the store in a folder, which is created if absent. Files of other writers at work are left alone.</summary>
    /// <param name="cipher">Encrypts what is new; objects that were stored without one are read as they are. Null to encrypt nothing.</param>
    public static FileObjectStore Open(string folder, IObjectCipher? cipher = null)
    {
        var store = new FileObjectStore(folder, cipher);
        Directory.CreateDirectory(store._temporary);
        foreach (var file in Directory.EnumerateFiles(store._temporary)) AbandonedFile.Delete(file);
        return store;
    }

    /// <summary>Path of an object's file, for readers that want one; it exists when the object does, and must not be written to. A store with a cipher has none to give.</summary>
    /// <exception cref="ArgumentException">The id is not a SHA-256.</exception>
    /// <exception cref="InvalidOperationException">The store encrypts.</exception>
    public string PathOf(string id) => _cipher is null ? FileOf(id) : throw new InvalidOperationException("The files of a store that encrypts are for nobody to read.");

    private string FileOf(string id)
    {
        if (!ObjectId.IsValid(id)) throw new ArgumentException("An object id is 64 lower-case hex digits.", nameof(id));
        return Path.Combine(_folder, id[..2], id[2..]);
    }

    /// <inheritdoc/>
    public async Task<StoredObject> PutAsync(Stream bytes, CancellationToken cancellation)
    {
        var received = await ReceiveSealedAsync(bytes, cancellation).ConfigureAwait(false);
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
    public Task<ReceivedObject> ReceiveAsync(Stream bytes, CancellationToken cancellation) => ReceiveAsync(bytes, needsClear: true, cancellation);

    /// <summary>As <see cref="ReceiveAsync(Stream, CancellationToken)"/>, but with a cipher no clear byte comes to the disk: there is no <see cref="ReceivedObject.Path"/>, only <see cref="ReceivedObject.Open"/>.</summary>
    public Task<ReceivedObject> ReceiveSealedAsync(Stream bytes, CancellationToken cancellation) => ReceiveAsync(bytes, needsClear: false, cancellation);

    private async Task<ReceivedObject> ReceiveAsync(Stream bytes, bool needsClear, CancellationToken cancellation)
    {
        var (temporary, writer) = Begin(needsClear);
        try
        {
            var stored = await writer.CopyAsync(bytes, cancellation).ConfigureAwait(false);
            return new ReceivedObject(stored, temporary, writer, instead => Publish(writer.Kept, stored.Id, instead), () => OpenFile(writer.Kept));
        }
        catch
        {
            writer.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>An object of the store as if it had just been received. Problems: <c>object.unknown</c>, <c>keys.*</c>.</summary>
    public async Task<Result<ReceivedObject>> ReceivedAsync(string id, CancellationToken cancellation)
    {
        if (!(await OpenAsync(id, cancellation).ConfigureAwait(false)).Try(out var bytes, out var problem)) return problem;
        await using (bytes.ConfigureAwait(false))
        {
            if (bytes is FileStream) return new ReceivedObject(new(id, bytes.Length), FileOf(id), null);
            var clear = new FileStream(Path.Combine(_temporary, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
            try
            {
                await bytes.CopyToAsync(clear, cancellation).ConfigureAwait(false);
                await clear.FlushAsync(cancellation).ConfigureAwait(false);
                return new ReceivedObject(new(id, clear.Length), clear.Name, clear);
            }
            catch (Exception e)
            {
                File.Delete(clear.Name);
                await clear.DisposeAsync().ConfigureAwait(false);
                if (e is InvalidDataException) return new Problem(ProblemKind.Unavailable, "keys.sealed-damaged", "An object of the store is not what was written. Restore it from a backup.", new(id));
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public Task<Result<Stream>> OpenAsync(string id, CancellationToken cancellation) => Task.FromResult(Open(id));

    /// <summary>The object's clear bytes, seekable. Problems: <c>object.unknown</c>, <c>keys.*</c>.</summary>
    public Result<Stream> Open(string id) => ObjectId.IsValid(id) && File.Exists(FileOf(id)) ? OpenFile(FileOf(id)) : Unknown();

    private Result<Stream> OpenFile(string path)
    {
        // What was just received is still held by its writer.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        if (_cipher is null || !IsSealed(stream)) return stream;
        var opened = _cipher.Open(stream);
        if (!opened.Ok) stream.Dispose();
        return opened;
    }

    /// <summary>
    /// Encrypts the objects that were stored before the store had a cipher, and anew those that are under an older key; returns how many. Stopped anywhere, the rest is done next time.
    /// </summary>
    public async Task<Result<long>> ResealAsync(CancellationToken cancellation)
    {
        if (_cipher is null) return 0;
        var done = 0L;
        await foreach (var stored in ListAsync(cancellation).ConfigureAwait(false))
        {
            var head = new byte[_cipher.HeadLength];
            using (var file = File.OpenRead(FileOf(stored.Id)))
            {
                var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
                if (_cipher.IsCurrent(head.AsSpan(0, length))) continue;
            }

            if (!(await OpenAsync(stored.Id, cancellation).ConfigureAwait(false)).Try(out var clear, out var problem)) return problem with { Where = new(stored.Id) };
            await using (clear.ConfigureAwait(false))
            {
                var received = await ReceiveSealedAsync(clear, cancellation).ConfigureAwait(false);
                await using (received.ConfigureAwait(false))
                {
                    if (received.Object.Id != stored.Id) return new Problem(ProblemKind.Fault, "verify.damaged", "An object is not what its name says; it was left as it is.", new(stored.Id));
                    await received.ReplaceAsync().ConfigureAwait(false);
                    done++;
                }
            }
        }

        return done;
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string id, CancellationToken cancellation) => Task.FromResult(ObjectId.IsValid(id) && File.Exists(FileOf(id)));

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var prefix in Directory.EnumerateDirectories(_folder).Where(d => Path.GetFileName(d).Length == 2).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.EnumerateFiles(prefix).Order(StringComparer.Ordinal))
            {
                cancellation.ThrowIfCancellationRequested();
                var id = Path.GetFileName(prefix) + Path.GetFileName(file);
                if (ObjectId.IsValid(id)) yield return new(id, LengthOf(file));
            }

            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellation)
    {
        if (!ObjectId.IsValid(id) || !File.Exists(FileOf(id))) return Task.FromResult(false);
        File.Delete(FileOf(id));
        Durability.FlushFolder(Path.GetDirectoryName(FileOf(id))!);
        return Task.FromResult(true);
    }

    private bool IsSealed(Stream file)
    {
        Span<byte> head = stackalloc byte[_cipher!.HeadLength];
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return _cipher.IsSealed(head[..length]);
    }

    private long LengthOf(string file)
    {
        if (_cipher is null) return new FileInfo(file).Length;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0);
        return IsSealed(stream) ? _cipher.ClearLength(stream.Length) : stream.Length;
    }

    private static Problem Unknown() => new(ProblemKind.NotFound, "object.unknown", "The object store has no such object.");

    /// <summary>A new temporary file that is held: who opens the store in the moment between its making and its locking takes it for abandoned.</summary>
    private (string Path, HashingWriter Writer) Begin(bool needsClear)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(_temporary, Path.GetRandomFileName());
            HashingWriter? writer = null;
            try
            {
                writer = new HashingWriter(path, _cipher, needsClear);
            }
            catch (IOException) when (attempt < Attempts && !File.Exists(path))
            {
            }

            if (writer is null) continue;
            if (File.Exists(path)) return (path, writer);
            writer.Dispose();
        }
    }

    private void Publish(string temporary, string id, bool instead)
    {
        var final = FileOf(id);
        if (!instead && File.Exists(final)) return;
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
