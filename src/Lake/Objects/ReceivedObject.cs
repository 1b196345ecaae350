namespace Yunnao.Lake.Objects;

/// <summary>
/// Bytes that have arrived and are on their way to the disk. A crash before <see cref="KeepAsync"/> has returned leaves nothing of them,
/// so nobody may be told before that they are kept.
/// </summary>
public sealed class ReceivedObject : IAsyncDisposable
{
    private readonly HashingWriter? _writer;
    private readonly Action? _publish;
    private readonly Task _flushed;
    private bool _kept;

    internal ReceivedObject(StoredObject received, string path, HashingWriter writer, Action publish)
    {
        (Object, Path, _writer, _publish) = (received, path, writer, publish);
        _flushed = Task.Run(writer.Flush);
    }

    /// <summary>Bytes that are an object already.</summary>
    internal ReceivedObject(StoredObject kept, string path) => (Object, Path, _flushed, _kept) = (kept, path, Task.CompletedTask, true);

    /// <summary>What the store will hold.</summary>
    public StoredObject Object { get; }

    /// <summary>The file with the bytes, for reading, until <see cref="KeepAsync"/>.</summary>
    public string Path { get; }

    /// <summary>Makes the bytes an object of the store; durable on return. A second call does nothing.</summary>
    public async Task KeepAsync()
    {
        await _flushed.ConfigureAwait(false);
        if (_kept) return;
        _publish!();
        _kept = true;
    }

    /// <summary>Lets the bytes go unless they were kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_writer is null) return;
        await ((Task)_flushed.ContinueWith(_ => { }, TaskScheduler.Default)).ConfigureAwait(false);
        _writer.Dispose();
        File.Delete(Path);
    }
}
