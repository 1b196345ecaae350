using System.Buffers.Binary;
using System.Globalization;
using Yunnao.Formats.Hl7v2;
using Yunnao.Kernel;
using Yunnao.Trust.Keys;

namespace Yunnao.Services.Listen;

/// <summary>
/// The files of the spool: groups of frames, each encrypted by itself (4 bytes length, big-endian, then the content) and bound to its file and its
/// number in it, so that a file can grow and every group that was flushed can be read. Files of earlier versions are frames in clear.
/// </summary>
internal sealed class SpoolFile(FileSeal seal)
{
    private const int LengthBytes = 4;

    /// <summary>Appends a group; returns the bytes that were written.</summary>
    /// <param name="number">How many groups the file has.</param>
    public long Append(Stream file, string path, int number, ReadOnlySpan<byte> frames)
    {
        using var group = new MemoryStream(frames.Length + 1024);
        group.SetLength(LengthBytes);
        group.Position = LengthBytes;
        using (var sealing = seal.Seal(group, PlaceOf(path, number))) sealing.Write(frames);
        BinaryPrimitives.WriteInt32BigEndian(group.GetBuffer(), checked((int)group.Length - LengthBytes));
        file.Write(group.GetBuffer(), 0, (int)group.Length);
        return group.Length;
    }

    /// <summary>
    /// Bytes of the file that were flushed as far as can be told: each group is flushed before the next is begun, so only the last can be torn.
    /// </summary>
    public long WholeLength(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (!IsSealed(bytes)) return bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[Mllp.End, Mllp.Return]) is var end and >= 0 ? end + 2 : 0;
        var (at, number, last) = (0, 0, 0);
        while (TryNext(bytes, at, out var content)) (last, at, number) = (at, content.Offset + content.Count, number + 1);
        return number > 0 && !Open(bytes, last, path, number - 1).Ok ? last : at;
    }

    /// <summary>The frames of a closed file. Problem: <c>listen.spool-damaged</c>.</summary>
    public Result<Stream> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (!IsSealed(bytes)) return new MemoryStream(bytes, writable: false);
        var frames = new MemoryStream(bytes.Length);
        var (at, number) = (0, 0);
        for (; TryNext(bytes, at, out var content); at = content.Offset + content.Count, number++)
        {
            if (!Open(bytes, at, path, number).Try(out var clear, out var problem)) return Damaged(path);
            using (clear)
            {
                try
                {
                    clear.CopyTo(frames);
                }
                catch (InvalidDataException)
                {
                    return Damaged(path);
                }
            }
        }

        if (at != bytes.Length) return Damaged(path);
        frames.Position = 0;
        return frames;
    }

    private Result<Stream> Open(byte[] bytes, int at, string path, int number)
    {
        TryNext(bytes, at, out var content);
        return seal.Open(new MemoryStream(content.Array!, content.Offset, content.Count, writable: false), PlaceOf(path, number));
    }

    private static bool TryNext(byte[] bytes, int at, out ArraySegment<byte> content)
    {
        content = default;
        if (bytes.Length - at <= LengthBytes) return false;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
        if (length <= 0 || length > bytes.Length - at - LengthBytes) return false;
        content = new(bytes, at + LengthBytes, length);
        return true;
    }

    private static bool IsSealed(byte[] bytes) => bytes.Length > LengthBytes && OpeningStream.IsSealed(bytes.AsSpan(LengthBytes));

    private static string PlaceOf(string path, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"spool/{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileNameWithoutExtension(path)}/{number}");

    private static Problem Damaged(string path) => new(ProblemKind.Incorrect, "listen.spool-damaged", "A file of the spool is not what was written, or its key is missing. It is set aside.", new(path));
}
