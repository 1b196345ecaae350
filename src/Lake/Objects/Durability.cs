using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Yunnao.Lake.Objects;

/// <summary>Makes a written file, a rename or a deletion in a folder survive a power cut. On Windows the file system's journal does so by itself.</summary>
public static partial class Durability
{
    private const int ReadOnlyFlag = 0;
    private const int Interrupted = 4;

    /// <summary>Returns when the folder's entries are on the disk.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, ReadOnlyFlag);
        if (descriptor < 0) throw new IOException($"{folder} cannot be opened.", new Win32Exception(Marshal.GetLastPInvokeError()));
        try
        {
            if (Flush(descriptor) != 0) throw new IOException($"{folder} cannot be flushed.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Where <see cref="Write"/> begins a file; a process that was killed in the middle leaves it behind.</summary>
    public static string UnfinishedOf(string file) => file + ".part";

    /// <summary>Writes a small file that is whole or as it was before, also after a power cut; the new one is there on return.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public static void Write(string file, ReadOnlySpan<byte> content)
    {
        var unfinished = UnfinishedOf(file);
        using (var output = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            output.Write(content);
            output.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>
    /// Returns when the bytes of the file are on the disk, and of what the file system notes of it as much as is needed to read them. Where nothing but
    /// bytes changed, this costs half of a whole flush.
    /// </summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public static void FlushData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (FlushBytes(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw new IOException("A file cannot be flushed.", new Win32Exception(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushBytes(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
