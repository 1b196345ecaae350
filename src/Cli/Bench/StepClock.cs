using System.Diagnostics;
using System.Globalization;
using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Bench;

/// <summary>Where the time of a load went, by step; passes the progress on.</summary>
internal sealed class StepClock(IProgress<IngestProgress> next) : IProgress<IngestProgress>
{
    private readonly Lock _lock = new();
    private readonly List<(string Step, TimeSpan From)> _steps = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Report(IngestProgress value)
    {
        lock (_lock)
        {
            if (_steps.Count == 0 || _steps[^1].Step != value.Step) _steps.Add((value.Step, _clock.Elapsed));
        }

        next.Report(value);
    }

    /// <summary>Seconds by step until now: <c>land 0.2, decode 1.5, …</c>; the last is closing the lake.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            var ends = _steps.Skip(1).Select(s => s.From).Append(_clock.Elapsed);
            var times = _steps.Zip(ends, (s, end) => string.Create(CultureInfo.InvariantCulture, $"{Name(s.Step)} {(end - s.From).TotalSeconds:0.00}"));
            return string.Join(", ", times);
        }
    }

    private static string Name(string step) => step == "done" ? "close" : step;
}
