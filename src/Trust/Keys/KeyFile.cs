namespace Yunnao.Trust.Keys;

/// <summary>Files that only their owner may read, whole or not there.</summary>
internal static class KeyFile
{
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
