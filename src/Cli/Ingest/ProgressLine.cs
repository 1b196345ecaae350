using System.Diagnostics;
using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Ingest;

/// <summary>One line on standard error that says how far the loading is. On a terminal it is rewritten in place; otherwise a line every ten seconds.</summary>
internal sealed class ProgressLine(Terminal terminal) : IProgress<IngestProgress>, IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(10);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private TimeSpan _last = TimeSpan.Zero;
    private int _shown;

    public void Report(IngestProgress value)
    {
        lock (_lock)
        {
            if (_clock.Elapsed - _last < (terminal.ErrorIsTerminal ? Redraw : LogEvery)) return;
            _last = _clock.Elapsed;
            var megabytes = value.Bytes / 1e6;
            var line = $"[{value.Done + 1}/{value.Files}] {terminal.Text[$"ingest.step.{value.Step}"]} {Path.GetFileName(value.Current)} {megabytes:0}/{value.TotalBytes / 1e6:0} MB {_clock.Elapsed:mm\\:ss}";
            if (!terminal.ErrorIsTerminal)
            {
                terminal.Error.WriteLine(line);
                return;
            }

            terminal.Error.Write($"\r{line}{new string(' ', Math.Max(0, _shown - line.Length))}");
            _shown = line.Length;
        }
    }

    /// <summary>Takes the line away, so that something else can be written.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            if (_shown > 0) terminal.Error.Write($"\r{new string(' ', _shown)}\r");
            _shown = 0;
        }
    }

    public void Dispose() => Clear();
}
