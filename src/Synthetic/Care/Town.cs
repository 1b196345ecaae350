using Yunnao.Synthetic.Catalogue;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Truth;

namespace Yunnao.Synthetic.Care;

/// <summary>What every part of the model needs: the lists, the diseases, the period, the resident's own stream of chance.</summary>
internal sealed record Town(Book Book, DiseaseModel Model, TruthFiles Truth, IReadOnlyList<Outbreak> Outbreaks, DateTime Start, DateTime End)
{
    /// <summary>Chance of the resident at hand.</summary>
    public Dice Dice { get; } = new(0);

    /// <summary>True when the moment lies in the period.</summary>
    public bool Covers(DateTime time) => time >= Start && time < End;
}
