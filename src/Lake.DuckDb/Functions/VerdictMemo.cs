namespace Yunnao.Lake.DuckDb.Functions;

/// <summary>
/// The verdicts on the values of one column, for one scan: what a value was found to fail is kept, for up to <see cref="Most"/> values, and
/// never changes. Read by the threads of the engine without a lock; written under one.
/// </summary>
/// <param name="steps">Where the verdict changes at known numbers only; then nothing else is kept.</param>
internal sealed class VerdictMemo(StepVerdicts? steps)
{
    /// <summary>Most values kept. What more there are is judged row by row.</summary>
    public const int Most = 1 << 16;

    // A column whose values hardly come again is not asked for any more, after so many rows.
    private const long Trial = 1 << 16;
    private const int Smallest = 1 << 8;

    private readonly Lock _writing = new();
    private volatile Entries _entries = new(Smallest);
    private int _kept;
    private long _asked;
    private long _found;

    /// <summary>Verdicts of pieces of numbers, in place of those of values; null where the verdict may be another for each value.</summary>
    public StepVerdicts? Steps => steps;

    /// <summary>False once it has shown that most values are met for the first time.</summary>
    public bool Pays => Volatile.Read(ref _asked) < Trial || Volatile.Read(ref _found) * 2 > Volatile.Read(ref _asked);

    /// <summary>What is known now; while it is asked, others may add to it. Look it up once a chunk.</summary>
    public Entries Known => _entries;

    /// <summary>Notes how many of the rows that were asked for were known.</summary>
    public void Note(int asked, int found)
    {
        Interlocked.Add(ref _asked, asked);
        Interlocked.Add(ref _found, found);
    }

    /// <summary>Keeps a verdict; does nothing where the value is known, or enough are.</summary>
    public void Add(ValueKey key, ulong verdict)
    {
        if (Volatile.Read(ref _kept) == Most) return;
        lock (_writing)
        {
            if (_kept == Most || _entries.TryFind(key, out _)) return;
            if ((_kept + 1) * 3 > _entries.Size * 2) _entries = _entries.Doubled();
            _entries.Put(key, verdict);
            _kept++;
        }
    }

    /// <summary>A table of open addressing: three words an entry, the key and its verdict. An entry is used when its first word is not empty.</summary>
    public sealed class Entries(int size)
    {
        private const int Words = 3;
        private readonly ulong[] _words = Filled(size);

        public int Size => size;

        public bool TryFind(ValueKey key, out ulong verdict)
        {
            for (var slot = Slot(key); ; slot = (slot + 1) & (size - 1))
            {
                var at = slot * Words;
                var low = Volatile.Read(ref _words[at]);
                if (low == key.Low && _words[at + 1] == key.High)
                {
                    verdict = _words[at + 2];
                    return true;
                }

                if (low != ValueKey.Empty) continue;
                verdict = 0;
                return false;
            }
        }

        internal void Put(ValueKey key, ulong verdict)
        {
            var slot = Slot(key);
            while (_words[slot * Words] != ValueKey.Empty) slot = (slot + 1) & (size - 1);
            (_words[(slot * Words) + 1], _words[(slot * Words) + 2]) = (key.High, verdict);

            // Last: who sees the entry used sees all of it.
            Volatile.Write(ref _words[slot * Words], key.Low);
        }

        internal Entries Doubled()
        {
            var larger = new Entries(size * 2);
            for (var at = 0; at < _words.Length; at += Words)
                if (_words[at] != ValueKey.Empty) larger.Put(new(_words[at], _words[at + 1]), _words[at + 2]);
            return larger;
        }

        private static ulong[] Filled(int size)
        {
            var words = new ulong[size * Words];
            Array.Fill(words, ValueKey.Empty);
            return words;
        }

        private int Slot(ValueKey key)
        {
            // Whole numbers as DOUBLE differ in their high bits only: these must reach the low ones (MurmurHash3, fmix64).
            var mixed = key.Low ^ ulong.RotateLeft(key.High, 29);
            mixed = (mixed ^ (mixed >> 33)) * 0xFF51AFD7ED558CCD;
            mixed = (mixed ^ (mixed >> 33)) * 0xC4CEB9FE1A85EC53;
            return (int)((mixed ^ (mixed >> 33)) & (ulong)(size - 1));
        }
    }
}
