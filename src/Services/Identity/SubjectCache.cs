using System.Numerics;

namespace Yunnao.Services.Identity;

/// <summary>
/// Subjects by a 128-bit hash, in flat tables of 24 bytes an entry. It grows with what it is given up to a fixed size; from then on
/// it forgets one entry for another. May be used from any thread.
/// </summary>
/// <param name="most">Entries there is room for, at most; at least 2,048, and a power of two (a number between is taken as the next one).</param>
internal sealed class SubjectCache(int most)
{
    private const int Parts = 64;

    /// <summary>Places that are looked at for an entry, from its own place on; also the places of a table in the beginning.</summary>
    private const int Reach = 32;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part((int)BitOperations.RoundUpToPowerOf2((uint)most) / Parts))];

    /// <summary>True while nothing was forgotten: what is not here was never put.</summary>
    public bool IsWhole => Array.TrueForAll(_parts, p => p.IsWhole);

    public bool TryGet(UInt128 key, out ulong subject) => PartOf(key).TryGet(key, out subject);

    public void Put(UInt128 key, ulong subject) => PartOf(key).Put(key, subject);

    public void Clear()
    {
        foreach (var part in _parts) part.Clear();
    }

    private Part PartOf(UInt128 key) => _parts[(int)(key >> 64) & (Parts - 1)];

    /// <summary>A table with open addressing; an entry is never taken out, so a search may end at a place that is empty.</summary>
    private sealed class Part(int mostPlaces)
    {
        private readonly Lock _lock = new();
        private Entry[] _places = new Entry[Reach];
        private uint _turn;

        public bool IsWhole { get; private set; } = true;

        public bool TryGet(UInt128 key, out ulong subject)
        {
            lock (_lock)
            {
                var place = Find(key);
                subject = place < 0 ? 0 : _places[place].Subject;
                return place >= 0 && _places[place].Is(key);
            }
        }

        public void Put(UInt128 key, ulong subject)
        {
            lock (_lock)
            {
                int place;
                while ((place = Find(key)) < 0 && _places.Length < mostPlaces) Grow();
                if (place < 0)
                {
                    IsWhole = false;
                    place = Place(key, (int)(_turn++ % Reach));
                }

                _places[place] = new((ulong)(key >> 64), (ulong)key, subject);
            }
        }

        public void Clear()
        {
            lock (_lock) (_places, IsWhole) = (new Entry[Reach], true);
        }

        /// <summary>Where the key is, or may be put; -1 when all places within reach are others'.</summary>
        private int Find(UInt128 key)
        {
            for (var step = 0; step < Reach; step++)
            {
                var place = Place(key, step);
                if (_places[place].Is(key) || _places[place].IsEmpty) return place;
            }

            return -1;
        }

        private int Place(UInt128 key, int step) => (int)((ulong)key + (ulong)step) & (_places.Length - 1);

        private void Grow()
        {
            var all = _places;
            _places = new Entry[all.Length * 2];
            foreach (var entry in all)
            {
                if (entry.IsEmpty) continue;
                var place = Find(new(entry.High, entry.Low));
                if (place >= 0) _places[place] = entry;
                else IsWhole = false;
            }
        }
    }

    /// <summary>The halves of the key, both zero in an empty place: as one number they would be aligned, and an entry a third larger.</summary>
    private readonly record struct Entry(ulong High, ulong Low, ulong Subject)
    {
        public bool IsEmpty => (High | Low) == 0;

        public bool Is(UInt128 key) => Low == (ulong)key && High == (ulong)(key >> 64);
    }
}
