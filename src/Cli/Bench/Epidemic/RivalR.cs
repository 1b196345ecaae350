using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>Runs a script with Rscript, which must print one number a line: seconds of processor time and what else the script says.</summary>
internal static class RivalR
{
    /// <summary>The numbers; or none and the reason why.</summary>
    public static (double[]? Numbers, string? Reason) Run(string script)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, script);
            using var process = Process.Start(new ProcessStartInfo("Rscript", ["--vanilla", file])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                return (null, $"skipped: R ended with {errors.GetAwaiter().GetResult().Trim().Split('\n')[^1]}");
            return ([.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))], null);
        }
        catch (Win32Exception)
        {
            return (null, "skipped: Rscript is not installed (Debian: r-base-core r-cran-surveillance r-cran-epiestim)");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
