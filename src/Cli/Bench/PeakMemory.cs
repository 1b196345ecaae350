using System.Diagnostics;

namespace Yunnao.Cli.Bench;

/// <summary>The highest resident memory of this process; on Linux, since it was last forgotten.</summary>
internal static class PeakMemory
{
    private const string ClearReferences = "/proc/self/clear_refs";
    private const string ForgetPeak = "5";

    public static long Mb
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 >> 20;
        }
    }

    /// <summary>Begins again from what is resident now, so that the peak is that of the next step. Does nothing where the system cannot.</summary>
    public static void Forget()
    {
        GC.Collect();
        try
        {
            if (File.Exists(ClearReferences)) File.WriteAllText(ClearReferences, ForgetPeak);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The peak of the whole process is then reported, which is not less.
        }
    }
}
