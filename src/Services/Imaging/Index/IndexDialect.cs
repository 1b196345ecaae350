using System.Data.Common;

namespace Yunnao.Services.Imaging.Index;

/// <summary>What differs between the databases that can hold the index. All other SQL is the same.</summary>
internal abstract class IndexDialect
{
    /// <summary>Type of a number that is the primary key by itself.</summary>
    public abstract string Key { get; }

    /// <summary>Type of text that is compared by its bytes.</summary>
    public abstract string Text { get; }

    public abstract string Bytes { get; }

    /// <summary>Behind a table whose rows are in the order of its primary key.</summary>
    public abstract string Clustered { get; }

    /// <summary>A new connection, open.</summary>
    public abstract DbConnection Connect(bool forWriting);
}
