using System.Collections.Frozen;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>What may stand under a name in JSON.</summary>
/// <param name="Name">The name, such as <c>status</c>, <c>valueQuantity</c> or <c>_status</c>.</param>
/// <param name="Type">FHIR type of the value; <c>Resource</c> for any resource.</param>
/// <param name="Slot">Number of the element in its type: the names of a choice, and a value with what is said of it (<c>_name</c>), have one.</param>
/// <param name="IsShadow">True of what is said of a primitive value: its id and extensions.</param>
/// <param name="Codes">The codes of a required value set that is an enumeration; or null.</param>
/// <param name="Watch">What the reader takes down of it.</param>
internal sealed record ElementRule(string Name, string Type, int Slot, bool Many, bool IsShadow, FrozenSet<string>? Codes, ElementWatch Watch)
{
    public PrimitiveKind Primitive { get; } = PrimitiveFormat.KindOf(Type);

    /// <summary>Of a reference: the types that it may lead to; null for any.</summary>
    public FrozenSet<string>? Targets { get; init; }

    /// <summary>Of an element of a resource that is one reference: its path, once it was met.</summary>
    public string? ReferencePath { get; set; }

    /// <summary>The rules of its parts; null of a primitive value and of a resource.</summary>
    public TypeRules? Parts { get; set; }
}
