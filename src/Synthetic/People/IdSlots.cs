using Yunnao.Synthetic.Chance;

namespace Yunnao.Synthetic.People;

/// <summary>
/// Gives each household a block of eight (day of the year, sequence number) pairs of its own within a division, so that no two
/// residents can have the same ID number whatever their birth years are, without remembering any number given out.
/// </summary>
internal sealed class IdSlots
{
    /// <summary>Positions a household can fill, newborns of the period included.</summary>
    public const int Members = 8;

    private const int Days = 365;
    private const int Sequences = 499;
    private const int PerDivision = Days * Sequences / Members;
    private const int Block = 1000;

    private readonly int[] _start;
    private readonly Permutation _shuffle;
    private readonly Permutation _slots;
    private readonly string[] _home;
    private readonly string[] _elsewhere;

    public IdSlots(IReadOnlyList<(string Code, double Weight)> districts, IReadOnlyList<string> elsewhere, ulong seed)
    {
        _home = [.. districts.Select(d => d.Code)];
        _elsewhere = [.. elsewhere];
        var total = districts.Sum(d => d.Weight);
        _start = new int[districts.Count + 1];
        var sum = 0.0;
        for (var i = 0; i < districts.Count; i++)
        {
            sum += districts[i].Weight;
            _start[i + 1] = (int)Math.Round(sum / total * Block);
        }

        _shuffle = new Permutation(Block, seed ^ 0x1D51075);
        _slots = new Permutation(PerDivision, seed ^ 0x51075);
    }

    /// <summary>Households that can be told apart.</summary>
    public long Capacity => (long)PerDivision * (1 + _elsewhere.Length / _home.Length) / Enumerable.Range(0, _home.Length).Max(Share) * Block;

    /// <summary>The district a household lives in: shares of every thousand households follow the weights.</summary>
    public int District(long household)
    {
        var position = (int)_shuffle[household % Block];
        var district = Array.BinarySearch(_start, position);
        if (district < 0) return ~district - 1;

        // Districts too small for a share of their own have the same start as the next one.
        while (_start[district + 1] == position) district++;
        return district;
    }

    /// <summary>Division, day of the year (0–364) and sequence number for a member of a household.</summary>
    public (string Division, int Day, int Sequence) At(long household, int member, Sex sex)
    {
        var district = District(household);
        var number = household / Block * Share(district) + _shuffle[household % Block] - _start[district];
        var epoch = number / PerDivision;
        var position = _slots[number % PerDivision] * Members + member;
        var sequence = (int)(position / Days);
        return (
            epoch == 0 ? _home[district] : _elsewhere[(epoch - 1) * _home.Length + district],
            (int)(position % Days),
            sex == Sex.Male ? 2 * sequence + 1 : 2 * sequence + 2);
    }

    private int Share(int district) => _start[district + 1] - _start[district];
}
