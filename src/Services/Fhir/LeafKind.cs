namespace Yunnao.Services.Fhir;

/// <summary>What of an item a leaf says.</summary>
internal enum LeafKind
{
    /// <summary>Its value.</summary>
    Value,

    /// <summary>The person, as a reference to a Patient.</summary>
    Patient,

    /// <summary>The record of the encounter with this number, as a reference.</summary>
    Encounter,

    /// <summary>Its value where it is a unit of the registry, which are those of UCUM.</summary>
    Unit,
}
