namespace Yunnao.Synthetic.Chance;

/// <summary>
/// A keyed one-to-one map of [0, size) onto itself (four Feistel rounds with cycle walking): numbers that look random,
/// never collide and need no memory.
/// </summary>
internal sealed class Permutation
{
    private readonly ulong _size;
    private readonly ulong _key;
    private readonly int _half;
    private readonly ulong _mask;

    public Permutation(long size, ulong key)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _size = (ulong)size;
        _key = Dice.Mix(key);
        _half = 1;
        while (1UL << (2 * _half) < _size) _half++;
        _mask = (1UL << _half) - 1;
    }

    public long this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, _size, nameof(index));
            var value = (ulong)index;
            do
            {
                value = Rounds(value);
            }
            while (value >= _size);
            return (long)value;
        }
    }

    private ulong Rounds(ulong value)
    {
        var (left, right) = (value >> _half, value & _mask);
        for (ulong round = 0; round < 4; round++) (left, right) = (right, left ^ (Dice.Mix(right ^ _key + round) & _mask));
        return (left << _half) | right;
    }
}
