namespace Yunnao.Cli.Bench.Epidemic;

/// <summary>Processor time of this process: what a busy machine does not change.</summary>
internal static class ProcessorTime
{
    public static double Seconds => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Median seconds of an action over <paramref name="rounds"/> rounds of <paramref name="each"/>, after one to warm up.</summary>
    public static double MedianOf(int rounds, int each, Action action)
    {
        var times = new double[rounds];
        for (var round = -1; round < rounds; round++)
        {
            var start = Seconds;
            for (var i = 0; i < each; i++)
                action();
            if (round >= 0)
                times[round] = (Seconds - start) / each;
        }

        Array.Sort(times);
        return times[rounds / 2];
    }
}
