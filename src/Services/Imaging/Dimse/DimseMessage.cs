using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>A command and the context that it came in; its data set, if it has one, is still to be read.</summary>
internal sealed record DimseMessage(AgreedContext Context, DimseCommand Command);
