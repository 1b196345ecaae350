using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Yunnao.Tests.Formats.Dicom;

/// <summary>Programs of others that are asked for their opinion; the test is skipped where they are not installed.</summary>
internal static class Peer
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code and what it printed on both outputs.</returns>
    public static (int ExitCode, string Output, string Errors) Run(string program, string package, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed: apt-get install {package}");
            throw;
        }
    }
}
