using System.Collections.Concurrent;

namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>What the statements that run have beside the engine, by the number by which a statement names it.</summary>
internal sealed class NumberedParts<T>
{
    private readonly ConcurrentDictionary<long, T> _parts = new();
    private long _last;

    public long Add(T part)
    {
        var number = Interlocked.Increment(ref _last);
        _parts[number] = part;
        return number;
    }

    public T Find(long number) => _parts[number];

    public void Forget(IEnumerable<long> numbers)
    {
        foreach (var number in numbers) _parts.TryRemove(number, out _);
    }
}
