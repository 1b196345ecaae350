using System.Text;
using Yunnao.Kernel;
using Yunnao.Lake.Queries;

namespace Yunnao.Cli.Lake;

/// <summary>Writes the rows of an answer into a file: CSV, or JSON lines where the name ends in .json, .jsonl or .ndjson. The file is whole or not there.</summary>
internal static class AnswerFile
{
    public static Task<Result<long>> WriteAsync(RowStream rows, string file, Terminal terminal, CancellationToken cancellation) =>
        WriteAsync(rows, file, Path.GetExtension(file) is ".json" or ".jsonl" or ".ndjson" ? AnswerFormat.Json : AnswerFormat.Csv, terminal, cancellation);

    /// <summary>The same in a format named; returns the rows.</summary>
    public static async Task<Result<long>> WriteAsync(RowStream rows, string file, AnswerFormat format, Terminal terminal, CancellationToken cancellation)
    {
        var unfinished = $"{file}.part";
        try
        {
            long lines;
            var writer = new CountingWriter(unfinished);
            await using (writer.ConfigureAwait(false))
            {
                var target = new Terminal(writer, terminal.Error, terminal.Text, outIsTerminal: false, terminal.ErrorIsTerminal, terminal.Variable);
                await new AnswerPrinter(target, format, int.MaxValue).PrintAsync(rows, cancellation).ConfigureAwait(false);
                lines = writer.Lines - (format == AnswerFormat.Json ? 0 : 1);
            }

            File.Move(unfinished, file, overwrite: true);
            return lines;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Unavailable, "export.file", terminal.Text.Format("quarantine.not-written", file));
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }

    /// <summary>A UTF-8 file that counts the lines written to it, however many line ends a line holds.</summary>
    private sealed class CountingWriter(string path) : StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
    {
        public long Lines { get; private set; }

        public override void WriteLine(string? value)
        {
            Lines++;
            base.WriteLine(value);
        }
    }
}
