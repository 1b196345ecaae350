namespace Yunnao.Synthetic.Catalogue;

/// <summary>A diagnosis of the registry's ICD-10 list.</summary>
internal sealed record Diagnosis(string Code, string Name);
