namespace Yunnao.Synthetic.Catalogue;

/// <summary>A panel: items measured together on one specimen.</summary>
internal sealed record LabPanel(string Code, string Name, string Specimen, double Price, LabItem[] Items);
