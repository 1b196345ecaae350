namespace Yunnao.Standards;

/// <summary>De-identification action of an item (GB/T 39725 Annex G, WS/T style): what a delivery without the right to clear values shows.</summary>
public enum Deid { Keep, Mask, Generalise, Redact, Pseudonym, Drop, Vault }
