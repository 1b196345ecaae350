using Apache.Arrow;

namespace Yunnao.Services.Exports.Targets;

/// <summary>Encodes rows in the form in which a database loads them.</summary>
internal abstract class RowEncoder
{
    /// <summary>What comes before the rows.</summary>
    public virtual void Begin(ByteBlock block)
    {
    }

    /// <summary>What comes after the rows.</summary>
    public virtual void End(ByteBlock block)
    {
    }

    /// <summary>Encodes all rows of a batch.</summary>
    public abstract void Encode(RecordBatch batch, ByteBlock block);
}
