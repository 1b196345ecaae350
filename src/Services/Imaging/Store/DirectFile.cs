using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Yunnao.Services.Imaging.Store;

/// <summary>
/// A file whose pages go from the memory of the process to the disk (O_DIRECT, open(2)) while the process does something else (io_submit(2)): they are not copied,
/// take no memory of the system, and little is left to be waited for by the flush. One thread at a time.
/// </summary>
internal sealed unsafe partial class DirectFile : IDisposable
{
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const ushort WriteBytes = 1;
    private const int Interrupted = 4;
    private const int Most = 64;
    private static readonly Numbers Calls = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? new(0x4000, 206, 207, 208, 209) : new(0x1_0000, 0, 1, 4, 2);
    private readonly SafeFileHandle _file;
    private readonly nint _context;
    private readonly long[] _lengths = new long[Most];
    private int _underway;
    private bool _failed;

    private DirectFile(SafeFileHandle file, nint context) => (_file, _context) = (file, context);

    /// <summary>The file, which must be there; null where the system or the file system has no such way.</summary>
    public static DirectFile? TryOpen(string path)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64)) return null;
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        nint context = 0;
        var flags = Control(file, GetFlags, 0);
        if (flags >= 0 && Control(file, SetFlags, flags | Calls.Direct) == 0 && Call(Calls.Setup, Most, (nint)(&context), 0, 0, 0) == 0) return new(file, context);
        file.Dispose();
        return null;
    }

    /// <summary>Begins to write whole pages; they stay in their place in memory, unchanged, until <see cref="Wait"/>. False when they cannot be taken.</summary>
    /// <param name="bytes">Begins at a page in memory, of which the collector does not move it.</param>
    /// <param name="position">Begins a page of the file.</param>
    public bool TryBegin(ReadOnlySpan<byte> bytes, long position)
    {
        if (_underway == Most) _failed = !Wait();
        var request = new Request
        {
            Number = (ulong)_underway, Operation = WriteBytes, File = (uint)_file.DangerousGetHandle(),
            Memory = (ulong)AddressOf(bytes), Length = (ulong)bytes.Length, Position = position,
        };
        var pointer = &request;
        if (Call(Calls.Submit, _context, 1, (nint)(&pointer), 0, 0) != 1) return false;
        _lengths[_underway++] = bytes.Length;
        return true;
    }

    /// <summary>Returns when all that was begun is done; true when all of it since the last call was written.</summary>
    public bool Wait()
    {
        var events = stackalloc Done[Most];
        while (_underway > 0)
        {
            var done = (int)Call(Calls.Events, _context, _underway, _underway, (nint)events, 0);
            if (done < 0 && Marshal.GetLastPInvokeError() is var error and not Interrupted) throw new IOException("The disk does not answer.", new Win32Exception(error));
            for (var i = 0; i < done; i++) _failed |= events[i].Result != _lengths[events[i].Number];
            _underway -= Math.Max(done, 0);
        }

        var whole = !_failed;
        _failed = false;
        return whole;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for what is under way.
        _ = Call(Calls.Destroy, _context, 0, 0, 0, 0);
        _underway = 0;
        _file.Dispose();
    }

    private static nint AddressOf(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes) return (nint)first;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    /// <summary>A flag and numbers of calls, which differ by processor.</summary>
    private readonly record struct Numbers(int Direct, int Setup, int Destroy, int Events, int Submit);

    /// <summary>struct iocb of linux/aio_abi.h, little endian.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        public ulong Number;
        public uint Key;
        public uint Flags;
        public ushort Operation;
        public short Priority;
        public uint File;
        public ulong Memory;
        public ulong Length;
        public long Position;
        public ulong Reserved;
        public uint EventFlags;
        public uint Event;
    }

    /// <summary>struct io_event of linux/aio_abi.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Done
    {
        public ulong Number;
        public ulong Request;
        public long Result;
        public long Result2;
    }
}
