using System.CommandLine;
using Yunnao.Kernel;
using Yunnao.Standards;
using Yunnao.Standards.Loading;

namespace Yunnao.Cli;

/// <summary>Where the registry is: <c>--standards</c>, else YUNNAO_STANDARDS, else the folder <c>standards</c> beside the executable.</summary>
internal static class RegistryFolder
{
    public static string Of(ParseResult parsed, Terminal terminal) =>
        parsed.GetValue<string?>("--standards")
        ?? terminal.Variable("YUNNAO_STANDARDS")
        ?? Path.Combine(AppContext.BaseDirectory, "standards");

    /// <summary>The registry, if it has no mistake.</summary>
    public static Result<Registry> Load(ParseResult parsed, Terminal terminal) => RegistryLoader.Load(Of(parsed, terminal)).Whole;
}
