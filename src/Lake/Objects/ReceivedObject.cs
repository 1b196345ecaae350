using Yunnao.Kernel;

namespace Yunnao.Lake.Objects;

/// <summary>
/// Bytes that have arrived and are on their way to the disk. A crash before <see cref="KeepAsync"/> has returned leaves nothing of them,
/// so nobody may be told before that they are kept.
/// </summary>
public sealed class ReceivedObject : IAsyncDisposable
{
    private readonly HashingWriter? _writer;
    private readonly Action<bool>? _publish;
    private readonly Func<Result<Stream>>? _open;
    private readonly Stream? _held;
    private readonly Task _flushed;
    private bool _kept;

    internal ReceivedObject(StoredObject received, string path, HashingWriter writer, Action<bool> publish, Func<Result<Stream>> open)
    {
        (Object, Path, _writer, _publish, _open) = (received, path, writer, publish, open);
        _flushed = Task.Run(writer.Flush);
    }

    /// <summary>Bytes that are an object already.</summary>
    /// <param name="held">Holds a temporary file with the clear bytes, which goes away at the end; null where the path is the object's own file.</param>
    internal ReceivedObject(StoredObject kept, string path, Stream? held) => (Object, Path, _held, _flushed, _kept) = (kept, path, held, Task.CompletedTask, true);

    /// <summary>What the store will hold.</summary>
    public StoredObject Object { get; }

    /// <summary>The file with the clear bytes, for reading, until <see cref="KeepAsync"/>; of no use where they were received sealed.</summary>
    public string Path { get; }

    /// <summary>The clear bytes, seekable, until <see cref="KeepAsync"/>. Problems: <c>keys.*</c>.</summary>
    public Result<Stream> Open() => _open is null ? new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : _open();

    /// <summary>Makes the bytes an object of the store; durable on return. A second call does nothing.</summary>
    public Task KeepAsync() => PublishAsync(instead: false);

    /// <summary>As <see cref="KeepAsync"/>, in the place of the object of the same bytes that is there.</summary>
    internal Task ReplaceAsync() => PublishAsync(instead: true);

    private async Task PublishAsync(bool instead)
    {
        await _flushed.ConfigureAwait(false);
        if (_kept) return;
        _publish!(instead);
        _kept = true;
    }

    /// <summary>Lets the bytes go unless they were kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_held is not null)
        {
            File.Delete(Path);
            await _held.DisposeAsync().ConfigureAwait(false);
        }

        if (_writer is null) return;
        await ((Task)_flushed.ContinueWith(_ => { }, TaskScheduler.Default)).ConfigureAwait(false);
        _writer.Dispose();
        File.Delete(Path);
    }
}
