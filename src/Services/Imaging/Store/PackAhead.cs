namespace Yunnao.Services.Imaging.Store;

/// <summary>What of a file was written to a pack before its turn: its encrypted bytes from behind their head on. See <see cref="PackRun"/>.</summary>
/// <param name="start">Where its record will stand.</param>
internal sealed class PackAhead(PackRun run, long start)
{
    /// <summary>Bytes at the beginning of an encrypted file that are known only at its end.</summary>
    public const int Head = 32;

    // Smaller pieces cost more calls than they save waiting; the disk is begun with each of them.
    private const int Piece = 256 << 10;

    /// <summary>Bytes written so far, behind the head.</summary>
    public int Length { get; private set; }

    /// <summary>Writes what is new.</summary>
    /// <param name="soFar">The encrypted file so far, from its head on.</param>
    /// <param name="isWhole">Nothing comes after it.</param>
    public void Write(ReadOnlySpan<byte> soFar, bool isWhole)
    {
        var fresh = soFar.Length - Head - Length;
        if (fresh <= 0 || (fresh < Piece && !isWhole)) return;
        if (run.TryWrite(start + PackRecord.HeaderLength + Head + Length, soFar[(Head + Length)..])) Length += fresh;
    }

    /// <summary>True when what was written stands in the record that begins here.</summary>
    internal bool StandsAt(long offset, PackRun? current, long version) => start == offset && run.Is(current, version);
}
