using Yunnao.Cli;

namespace Yunnao.Tests.EndToEnd.Standards;

/// <summary>One command line run in this process with its output captured, as if it were redirected to files.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Runs a command line.</summary>
    /// <param name="language">Language of the texts.</param>
    public static async Task<CliRun> Of(string language, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };

        // Progress is told by any thread, and a console takes it from any.
        var terminal = new Terminal(TextWriter.Synchronized(output), TextWriter.Synchronized(error), Texts.For(language), outIsTerminal: false, errorIsTerminal: false, _ => null);
        var code = await Program.RunAsync(args, terminal);
        if (code == ExitCodes.Of(Kernel.ProblemKind.Fault)) await Console.Error.WriteLineAsync($"yunnao {string.Join(' ', args)}\n{error}");
        return new(code, output.ToString(), error.ToString());
    }
}
