namespace Yunnao.Trust.Keys;

/// <summary>Files that only their owner may read, whole or not there.</summary>
internal static class KeyFile
{
    private const int MostTries = 500;

    /// <summary>Keeps other processes from writing the file until it is disposed.</summary>
    public static FileStream Hold(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < MostTries)
            {
                Thread.Sleep(20);
            }
        }
    }

    public static void Write(string file, ReadOnlySpan<byte> content)
    {
        var full = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var unfinished = full + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(unfinished, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, full, overwrite: true);
    }
}
