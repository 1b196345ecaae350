namespace Yunnao.Lake.Batches;

/// <summary>State of a batch in the ledger.</summary>
public enum BatchStatus
{
    /// <summary>Its rows are visible.</summary>
    Committed,

    /// <summary>Its rows were removed and what they had superseded was restored.</summary>
    TakenBack,
}
