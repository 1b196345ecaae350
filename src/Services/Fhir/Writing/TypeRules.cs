using Yunnao.Formats.Fhir;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>The elements of a FHIR type as names of JSON, for the reader's loop.</summary>
internal sealed class TypeRules
{
    private readonly JsonNames _names = new();
    private readonly List<ElementRule?> _rules = [null];

    /// <summary>Elements that must be there: bit of the slot, and name.</summary>
    public List<(int Slot, string Name)> Required { get; } = [];

    /// <summary>All bits of <see cref="Required"/>.</summary>
    public ulong RequiredSlots { get; private set; }

    public void Add(ElementRule rule)
    {
        _names.Add(rule.Name);
        _rules.Add(rule);
    }

    public void Require(int slot, string name)
    {
        Required.Add((slot, name));
        RequiredSlots |= 1UL << slot;
    }

    /// <summary>The rule of a name; null when the type has no such element.</summary>
    public ElementRule? Find(ReadOnlySpan<byte> name) => _rules[_names.Find(name)];
}
