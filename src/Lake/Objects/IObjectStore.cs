using Yunnao.Kernel;

namespace Yunnao.Lake.Objects;

/// <summary>
/// Bytes by their hash: landed files, images, waveforms, exports. An object never changes; putting the same bytes again is no change.
/// </summary>
public interface IObjectStore
{
    /// <summary>Keeps all bytes from here to the end of the stream; durable on return.</summary>
    Task<StoredObject> PutAsync(Stream bytes, CancellationToken cancellation);

    /// <summary>The object's bytes, seekable. Problem: <c>object.unknown</c>.</summary>
    Task<Result<Stream>> OpenAsync(string id, CancellationToken cancellation);

    Task<bool> ExistsAsync(string id, CancellationToken cancellation);

    /// <summary>Every object, in the order of the ids.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(CancellationToken cancellation);

    /// <summary>Removes an object; false when there was none.</summary>
    Task<bool> DeleteAsync(string id, CancellationToken cancellation);
}
