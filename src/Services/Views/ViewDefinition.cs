namespace Yunnao.Services.Views;

/// <summary>A ViewDefinition of SQL on FHIR v2: a flat table of what is in the resources of one type.</summary>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Resource">The type of resource that it is over.</param>
/// <param name="Constants">What <c>%name</c> stands for in its paths.</param>
/// <param name="Where">Conditions that a resource must meet, all of them.</param>
internal sealed record ViewDefinition(
    string? Name, string Resource, IReadOnlyDictionary<string, ViewConstant> Constants, IReadOnlyList<ViewSelect> Selects, IReadOnlyList<ViewPath> Where);
