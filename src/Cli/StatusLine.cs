using System.Diagnostics;

namespace Yunnao.Cli;

/// <summary>One line on standard error that says how far a long work is. On a terminal it is rewritten in place; otherwise a line every ten seconds.</summary>
internal sealed class StatusLine(Terminal terminal) : IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(10);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private TimeSpan _last = TimeSpan.Zero;
    private int _shown;

    /// <summary>Time since the work began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Shows a state, unless one was shown a moment ago.</summary>
    public void Show(string line)
    {
        lock (_lock)
        {
            if (_clock.Elapsed - _last < (terminal.ErrorIsTerminal ? Redraw : LogEvery)) return;
            _last = _clock.Elapsed;
            if (terminal.ErrorIsTerminal) terminal.Error.Write($"\r{line}{new string(' ', Math.Max(0, _shown - line.Length))}");
            else terminal.Error.WriteLine(line);
            _shown = terminal.ErrorIsTerminal ? line.Length : 0;
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
