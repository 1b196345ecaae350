using System.IO.Compression;
using Yunnao.Formats;
using Yunnao.Formats.Encodings;
using Yunnao.Kernel;

namespace Yunnao.Services.Ingest;

/// <summary>What the stagers ask of a landed file before they read its records.</summary>
internal static class LandedFile
{
    // Tables compress to a tenth, at the very best to a fiftieth: what unpacks to more than this, and to more than 200 times its size, is made to fill memory or disk.
    private const long Large = 256L << 20;
    private const int MostTimes = 200;

    private static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>True when the bytes begin as gzip does (RFC 1952).</summary>
    public static bool IsPacked(ReadOnlySpan<byte> head) => head.StartsWith(GzipMagic);

    /// <summary>True when the file begins as gzip does; false also when it cannot be read.</summary>
    public static bool IsPackedFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            Span<byte> head = stackalloc byte[2];
            return IsPacked(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The content of a file just opened, unpacked where it is gzip; closes the file with it.</summary>
    public static Stream Unpacked(FileStream landed)
    {
        Span<byte> head = stackalloc byte[2];
        var read = landed.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        landed.Position = 0;
        return IsPacked(head[..read]) ? new LimitedStream(new GZipStream(landed, CompressionMode.Decompress), Math.Max(Large, landed.Length * MostTimes), () => new UnpackedTooFarException()) : landed;
    }

    /// <summary>
    /// The problem of a file without a byte: an export that went wrong. A file that says that it holds no records (a header line, a Bundle
    /// without entries) is a batch of none.
    /// </summary>
    public static Problem? Empty(SourceFile file) =>
        file.Bytes == 0 ? new(ProblemKind.Incorrect, "ingest.empty", "The file is empty. Nothing was loaded.", new(file.Path)) : null;

    /// <summary>The encoding that the mapping names; null where it leaves it to be detected.</summary>
    public static Result<TextEncoding?> EncodingOf(SourceFile file)
    {
        if (file.Mapping.Encoding is not { } named) return (TextEncoding?)null;
        return TextEncoding.TryParse(named, out var encoding)
            ? encoding
            : new Problem(ProblemKind.Incorrect, "csv.unknown-encoding", $"The mapping {file.Mapping.Id} names the encoding '{named}', which is not known.", new(file.Path));
    }

    /// <summary>The part of a file that is read, for the progress.</summary>
    public static double Fraction(SourceFile file, FileStream landed) => file.Bytes == 0 ? 1 : Math.Min(1, (double)landed.Position / file.Bytes);
}
