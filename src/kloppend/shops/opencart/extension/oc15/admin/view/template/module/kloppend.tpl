<?php echo $header; ?>
<?php $kinds = array('success' => 'success', 'info' => 'attention', 'warning' => 'attention', 'danger' => 'warning'); ?>
<div id="content">
  <div class="breadcrumb">
    <?php foreach ($breadcrumbs as $breadcrumb) { ?>
    <?php echo $breadcrumb['separator']; ?><a href="<?php echo $breadcrumb['href']; ?>"><?php echo $breadcrumb['text']; ?></a>
    <?php } ?>
  </div>
  <?php foreach ($alerts as $alert) { ?>
  <div class="<?php echo $kinds[$alert['kind']]; ?>"><?php echo $alert['text']; ?></div>
  <?php } ?>
  <div class="box">
    <div class="heading">
      <h1><img src="view/image/module.png" alt="" /> <?php echo $heading_title; ?></h1>
      <div class="buttons"><a onclick="document.getElementById('form').submit();" class="button"><?php echo $button_save; ?></a><a href="<?php echo $cancel; ?>" class="button"><?php echo $button_cancel; ?></a></div>
    </div>
    <div class="content">
      <form action="<?php echo $action; ?>" method="post" enctype="multipart/form-data" id="form">
        <table class="form">
          <?php foreach ($rows as $row) { ?>
          <tr>
            <td><label for="<?php echo $row['id']; ?>"><?php echo $row['label']; ?></label><span class="help"><?php echo $row['help']; ?></span></td>
            <td><?php echo $row['control']; ?></td>
          </tr>
          <?php } ?>
          <tr>
            <td></td>
            <td>
              <a href="<?php echo $check; ?>" class="button"><?php echo $text_check; ?></a>
              <?php if ($dashboard) { ?>
              <a href="<?php echo $dashboard; ?>" target="_blank" rel="noopener noreferrer" class="button"><?php echo $text_dashboard; ?></a>
              <?php } ?>
            </td>
          </tr>
        </table>
      </form>
      <table class="list">
        <thead><tr><td class="left" colspan="3"><?php echo $text_visits; ?></td></tr></thead>
        <tbody>
          <?php foreach ($visits as $visit) { ?>
          <tr>
            <td class="left"><?php echo $visit['what']; ?></td>
            <td class="left"><?php echo $visit['when']; ?></td>
            <td class="right"><?php echo $visit['count']; ?></td>
          </tr>
          <?php } ?>
          <?php if (!$visits) { ?>
          <tr><td class="center" colspan="3"><?php echo $text_no_visits; ?></td></tr>
          <?php } ?>
        </tbody>
      </table>
      <p><?php echo $text_version; ?></p>
    </div>
  </div>
</div>
<?php echo $script; ?>
<?php echo $footer; ?>
