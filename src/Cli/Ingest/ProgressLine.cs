using Yunnao.Services.Ingest;

namespace Yunnao.Cli.Ingest;

/// <summary>The loading's progress as a status line.</summary>
internal sealed class ProgressLine(Terminal terminal) : IProgress<IngestProgress>, IDisposable
{
    private readonly StatusLine _line = new(terminal);

    public void Report(IngestProgress value) => _line.Show(
        $"[{Math.Min(value.Done + 1, value.Files)}/{value.Files}] {terminal.Text[$"ingest.step.{value.Step}"]}{(value.Fraction > 0 ? $" {100 * value.Fraction:0} %" : "")} {Path.GetFileName(value.Current)} {value.Bytes / 1e6:0}/{value.TotalBytes / 1e6:0} MB {_line.Elapsed:mm\\:ss}");

    /// <summary>Takes the line away, so that something else can be written.</summary>
    public void Clear() => _line.Clear();

    public void Dispose() => _line.Dispose();
}
