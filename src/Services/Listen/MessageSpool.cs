using System.Globalization;
using System.Threading.Channels;
using Yunnao.Formats.Hl7v2;
using Yunnao.Kernel;
using Yunnao.Lake.Objects;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Listen;

/// <summary>
/// Where acknowledged messages are until they are loaded: files of MLLP frames in a folder, encrypted, in the order of arrival. A message is written and
/// flushed to the disk, together with those that came meanwhile, before its <see cref="AppendAsync"/> ends. One writer, so order is kept.
/// </summary>
internal sealed class MessageSpool : IAsyncDisposable
{
    private const string Open = ".part";
    private const string Closed = ".hl7";
    private const int FlushTogether = 512;
    private const long FlushBytes = 16 << 20;

    private readonly string _folder;
    private readonly ListenOptions _options;
    private readonly TimeProvider _clock;
    private readonly SpoolFile _format;
    private readonly MemoryStream _frames = new();
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(1024);
    private readonly Task _writing;
    private FileStream? _file;
    private DateTimeOffset _opened;
    private long _number;
    private int _groups;
    private long _waitingBytes;
    private long _handedOver;

    public MessageSpool(string folder, ListenOptions options, FileSeal seal, TimeProvider clock)
    {
        (_folder, _options, _clock, _format) = (folder, options, clock, new(seal));
        Directory.CreateDirectory(folder);
        Recover();
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Raised when a file was closed and can be loaded.</summary>
    public event Action? FileClosed;

    /// <summary>Bytes in files that are not yet removed, and of messages handed over that are not yet written.</summary>
    public long WaitingBytes => Interlocked.Read(ref _waitingBytes) + Interlocked.Read(ref _handedOver);

    /// <summary>Files to load, oldest first.</summary>
    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(_folder, "*" + Closed).Order(StringComparer.Ordinal)];

    /// <summary>Hands a message over; the task that is given ends when the message is on the disk.</summary>
    public async ValueTask<Task> AppendAsync(byte[] message, CancellationToken cancellation)
    {
        var waiting = new Waiting(message, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Interlocked.Add(ref _handedOver, message.Length);
        await _waiting.Writer.WriteAsync(waiting, cancellation).ConfigureAwait(false);
        return waiting.Done.Task;
    }

    /// <summary>The frames of a file. Problem: <c>listen.spool-damaged</c>.</summary>
    public Result<Stream> Read(string file) => _format.Read(file);

    /// <summary>A file was loaded, or is not to be loaded: it is removed, or kept aside.</summary>
    public void Remove(string file, bool keep)
    {
        Interlocked.Add(ref _waitingBytes, -new FileInfo(file).Length);
        if (!keep)
        {
            File.Delete(file);
            return;
        }

        var aside = Directory.CreateDirectory(Path.Combine(_folder, "failed")).FullName;
        File.Move(file, Path.Combine(aside, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Writes what is waiting and closes the file. Nothing can be appended after that.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    /// <summary>A process that was killed leaves a file open, perhaps with half a group at its end: those messages were not acknowledged.</summary>
    private void Recover()
    {
        foreach (var part in Directory.EnumerateFiles(_folder, "*" + Open).ToList())
        {
            var whole = _format.WholeLength(part);
            using (var file = new FileStream(part, FileMode.Open, FileAccess.Write))
            {
                file.SetLength(whole);
                file.Flush(flushToDisk: true);
            }

            if (whole == 0) File.Delete(part);
            else File.Move(part, Path.ChangeExtension(part, Closed));
        }

        Durability.FlushFolder(_folder);
        _waitingBytes = Files.Sum(f => new FileInfo(f).Length);
    }

    private async Task WriteAsync()
    {
        var together = new List<Waiting>();
        while (await NextAsync().ConfigureAwait(false))
        {
            together.Clear();
            long bytes = 0;
            while (together.Count < FlushTogether && bytes < FlushBytes && _waiting.Reader.TryRead(out var waiting))
            {
                together.Add(waiting);
                bytes += waiting.Message.Length;
            }

            if (together.Count > 0) Write(together);
            Interlocked.Add(ref _handedOver, -bytes);
            if (_file is not null && (_file.Length >= _options.BatchBytes || _clock.GetUtcNow() - _opened >= _options.BatchAge)) Close();
        }

        if (_file is not null) Close();
    }

    /// <summary>Waits for a message, or until the open file is old enough; false when no more will come.</summary>
    private async Task<bool> NextAsync()
    {
        if (_file is null) return await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false);
        var left = _opened + _options.BatchAge - _clock.GetUtcNow();
        if (left <= TimeSpan.Zero) return !_waiting.Reader.Completion.IsCompleted;
        using var age = new CancellationTokenSource(left, _clock);
        try
        {
            return await _waiting.Reader.WaitToReadAsync(age.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private void Write(List<Waiting> together)
    {
        try
        {
            _file ??= OpenNext();
            _frames.SetLength(0);
            foreach (var (message, _) in together)
            {
                _frames.WriteByte(Mllp.Start);
                _frames.Write(message);
                _frames.WriteByte(Mllp.End);
                _frames.WriteByte(Mllp.Return);
            }

            var end = _file.Length;
            try
            {
                var written = _format.Append(_file, _file.Name, _groups, _frames.GetBuffer().AsSpan(0, (int)_frames.Length));
                _file.Flush(flushToDisk: true);
                Interlocked.Add(ref _waitingBytes, written);
                _groups++;
            }
            catch (IOException)
            {
                // Half a group must not stand before the next one.
                _file.SetLength(end);
                throw;
            }
        }
        catch (IOException e)
        {
            // The disk is full or broken: nobody is told that his message is safe.
            foreach (var (_, done) in together) done.SetException(e);
            return;
        }

        foreach (var (_, done) in together) done.SetResult();
    }

    private FileStream OpenNext()
    {
        _opened = _clock.GetUtcNow();
        _groups = 0;
        var name = string.Create(CultureInfo.InvariantCulture, $"{_opened.UtcTicks:D19}-{_number++:D6}{Open}");
        var file = new FileStream(Path.Combine(_folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Durability.FlushFolder(_folder);
        return file;
    }

    private void Close()
    {
        var path = _file!.Name;
        _file.Dispose();
        _file = null;
        File.Move(path, Path.ChangeExtension(path, Closed));
        Durability.FlushFolder(_folder);
        FileClosed?.Invoke();
    }

    private sealed record Waiting(byte[] Message, TaskCompletionSource Done);
}
