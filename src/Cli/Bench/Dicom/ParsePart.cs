using System.Diagnostics;
using Yunnao.Formats.Dicom;

namespace Yunnao.Cli.Bench.Dicom;

/// <summary>Headers of DICOM objects read from memory, over and over.</summary>
internal static class ParsePart
{
    public static int Run(DirectoryInfo? folder, int seconds, Terminal terminal)
    {
        var objects = new List<byte[]>();
        if (folder is { Exists: true })
        {
            foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Length < 64 << 20).OrderBy(f => f.FullName, StringComparer.Ordinal))
            {
                var bytes = File.ReadAllBytes(file.FullName);
                if (DicomReader.ReadHeader(bytes).Ok) objects.Add(bytes);
            }
        }

        if (objects.Count == 0)
        {
            terminal.Error.WriteLine(terminal.Text["bench.dicom.none"]);
            return ExitCodes.Usage;
        }

        terminal.Error.WriteLine(terminal.Text.Format("bench.dicom.objects", objects.Count));
        Pass(objects);
        var (read, elements, allocated) = (0L, 0L, GC.GetAllocatedBytesForCurrentThread());
        var processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            elements += Pass(objects);
            read += objects.Count;
        }

        var elapsed = clock.Elapsed.TotalSeconds;
        var busy = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        terminal.Print(new BenchLine("dicom.parse", "files/s of processor time")
        {
            Ours = read / busy,
            RivalName = "none: a promise of 50,000 files/s",
            Rows = read,
        }
            .With("files", objects.Count).With("files_s_elapsed", read / elapsed).With("elements_file", elements / (double)read)
            .With("allocated_bytes_file", (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)read).ToString());
        return ExitCodes.Ok;
    }

    /// <summary>Reads each header and asks it for what an index asks.</summary>
    private static long Pass(List<byte[]> objects)
    {
        var elements = 0L;
        foreach (var bytes in objects)
        {
            var set = DicomReader.ReadHeader(bytes).Value.DataSet;
            elements += set.Count;
            if (set.TryGet(Tags.SopInstanceUid, out var instance)) elements += instance.IsEmpty ? 1 : 0;
            if (set.TryGet(Tags.StudyInstanceUid, out var study)) elements += study.IsEmpty ? 1 : 0;
        }

        return elements;
    }
}
