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
        var terminal = new Terminal(output, error, Texts.For(language), outIsTerminal: false, errorIsTerminal: false, _ => null);
        var code = await Program.RunAsync(args, terminal);
        return new(code, output.ToString(), error.ToString());
    }
}
