namespace Yunnao.Services.Imaging.Store;

/// <summary>What of a file was written to a pack before its turn: its encrypted bytes from <see cref="From"/> to <see cref="To"/>. See <see cref="PackRun"/>.</summary>
internal sealed class PackAhead
{
    // Bytes at the beginning of an encrypted file that are known only at its end.
    private const int Head = 32;

    // Smaller pieces cost more calls than they save waiting. What the disk takes by itself leaves least to be waited for in small ones; the rest of it goes with the record's head.
    private const int Piece = 192 << 10;
    private const int PieceOfMany = 256 << 10;
    private const int LeastOfPages = 32 << 10;
    private readonly PackRun _run;
    private readonly long _start;
    private readonly int _unit;

    /// <param name="start">Where its record will stand.</param>
    /// <param name="unit">What is written begins and ends at multiples of this in the pack.</param>
    public PackAhead(PackRun run, long start, int unit)
    {
        (_run, _start, _unit) = (run, start, unit);
        From = To = Head + (int)(-(Position + Head) & (unit - 1));
    }

    /// <summary>The first byte that stands in the pack already.</summary>
    public int From { get; }

    /// <summary>The first behind them that does not.</summary>
    public int To { get; private set; }

    /// <summary>All of it from <see cref="From"/> on stands there, with zeros behind it to the end of the page.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>How far behind the beginning of a page the encrypted file will stand.</summary>
    public int Phase => PageBuffer.Used(Position);

    private long Position => _start + PackRecord.HeaderLength;

    /// <summary>Writes what is new, or begins to: the memory stays as it is until <see cref="Settle"/>, or until the record was appended.</summary>
    /// <param name="soFar">The encrypted file so far, from its head on.</param>
    /// <param name="isWhole">Nothing comes after it.</param>
    public void Write(ReadOnlySpan<byte> soFar, bool isWhole)
    {
        var end = soFar.Length - (int)((Position + soFar.Length) & (_unit - 1));
        var fresh = end - To;
        var least = (inPages: _unit > 1, isWhole) switch
        {
            (true, true) => LeastOfPages,
            (true, false) => Piece,
            (false, true) => 1,
            (false, false) => PieceOfMany,
        };
        if (fresh < least) return;
        if (_run.TryWrite(Position + To, soFar[To..end])) To = end;
    }

    /// <summary>As <see cref="Write"/>, of a file behind which no other of its run comes: what is left goes too, with zeros to the end of the page.</summary>
    /// <param name="whole">The encrypted file, from its head on.</param>
    /// <param name="memory">The same, and behind it room for a page.</param>
    public void WriteLast(ReadOnlySpan<byte> whole, Span<byte> memory)
    {
        if (_unit == 1 || whole.Length <= To)
        {
            Write(whole, isWhole: true);
            return;
        }

        var end = whole.Length + (int)(-(Position + whole.Length) & (_unit - 1));
        memory[whole.Length..end].Clear();
        if (!_run.TryWrite(Position + To, memory[To..end])) return;
        To = whole.Length;
        IsWhole = true;
    }

    /// <summary>Returns when the memory of what was written is free: it need not stay as it is any more.</summary>
    public void Settle() => _run.Settle();

    /// <summary>True when something was written and stands in the record that begins here.</summary>
    internal bool StandsAt(long offset, PackRun? current, long version) => To > From && _start == offset && _run.Is(current, version);
}
